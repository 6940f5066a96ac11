"""Pages of access: `sign_in`, `account` (password, sessions, tokens, language), `people`."""
