"""The dashboard: pages of a published generation for the bureau's browsers."""
