"""Eight weeks in the invented region: which cases come up where, what is said of them, who does what when."""
