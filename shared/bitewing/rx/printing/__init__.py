"""Drawing: the one place that knows the libraries which make PDF and QR codes."""
