"""Which tests a project has: node ids, source, collection, lists; which recordings are live or stale."""
