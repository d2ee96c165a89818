"""The families of objects; the file name is the family's name, and `build` makes one object of it."""
