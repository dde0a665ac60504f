"""Maps the folders at the top of the repository to sub-packages of `esc_skills`.

Everything else about the build stands in pyproject.toml.
"""

from setuptools import find_packages, setup

LAYERS = ("signatures", "programs", "metrics", "optimizers", "baselines", "experiments")

setup(
    package_dir={"esc_skills": "esc_skills", **{f"esc_skills.{name}": name for name in LAYERS}},
    packages=[
        "esc_skills",
        "esc_skills.testing",
        *(
            f"esc_skills.{package}"
            for package in find_packages(include=[p for n in LAYERS for p in (n, f"{n}.*")])
        ),
    ],
)
