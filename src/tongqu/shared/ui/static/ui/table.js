// Started by shell.js.
export function start(root) {}
