"""The second face of the sandbox: version 2 of the API, over the same world."""
