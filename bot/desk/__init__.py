"""The desk's server: pages, JSON and events for officers. It holds no key that opens a report."""
