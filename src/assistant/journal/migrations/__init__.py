"""How the tables of older journals become those of today."""
