"""What the modules of registers share: opening a file, its rows, values and faults."""
