"""The provider's routes, one module for each resource, and the control routes."""
