"""Measures, one file each; each says where it comes from and which turns are eligible."""
