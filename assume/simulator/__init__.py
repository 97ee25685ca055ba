"""A simulated AWS on loopback, as strict as the real one: STS, instance and container metadata, SSO, MFA devices."""
