"""Bodies (单位), people (人员), memberships and market nodes (技术市场站点)."""
