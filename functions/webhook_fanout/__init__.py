"""Makes deliveries of events for webhooks."""
