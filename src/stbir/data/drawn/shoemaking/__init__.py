"""Shoes and boots in three dimensions: the last, lofted uppers, soles, heels, straps and trims."""
