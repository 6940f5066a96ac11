"""Report cards as files: PDF and DOCX, and a web page that stands alone."""
