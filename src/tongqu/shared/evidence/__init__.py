"""Evidence (证据): photos and documents, stored once under their SHA-256 and shared by grant."""
