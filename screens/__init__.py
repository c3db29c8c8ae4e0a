"""The screens of the console, one file each, and the widgets they share."""
