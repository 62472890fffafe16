"""The local stack: the cloud on one machine, for people who try, change and test Bitewing."""
