"""One module a verb. Each imports only what its help needs; the work is one call of `zoo.Zoo`."""
