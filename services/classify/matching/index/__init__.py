"""Every name of the registers, in arrays: made once, kept in a file, searched by words."""
