"""The offline tool: a file of suppliers matched against a folder of registers, no database."""
