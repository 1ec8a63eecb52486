"""What suppliers are classified by: the registers' index, the definitions, the fit; kept current."""
