"""What the bytes of a file are: content checks, tags and smaller pictures. Bytes in, values out; no Django."""
