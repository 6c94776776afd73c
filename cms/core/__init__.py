LEDSTANG = True  # lets the system check tell this package from a namesake
