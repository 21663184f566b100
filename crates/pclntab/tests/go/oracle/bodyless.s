// Lets the package declare functions without a body.
