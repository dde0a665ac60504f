"""The engines by name; each is imported when it is used."""

from esc_skills.programs.registry import Registry
from esc_skills.programs.work import Work

RAY = "ray"
RAY_ADDRESS = "ray://"
"""How the name of a cluster that runs already begins."""
ENGINES: Registry[type[Work]] = Registry(
    "engine",
    {
        "threads": "esc_skills.programs.work:Threads",
        RAY: "esc_skills.experiments.engines.ray_work:RayWork",
    },
    requires=("map", "close"),
)
