"""Match runs: matching a scheduling period, from the start to the answers of those who were asked."""
