"""PreCheck: findings on a packet before it is sent."""
