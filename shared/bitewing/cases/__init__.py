"""Cases: one piece of work for one patient, from draft to delivery."""
