# On a fresh machine with Python 3.11+ and make: `make demo`, then `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test style slow check docs ui bench results clean

demo: $(VENV)/.installed ## see the whole loop in minutes, offline
	$(BIN)/esc-skills demo

test: $(VENV)/.developed ## run all but the slow tests
	$(BIN)/python -m pytest -n auto -m "not slow and not local_model"

style: $(VENV)/.developed ## check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

slow: $(VENV)/.developed ## run the slow tests, among them the wheel's
	$(BIN)/python -m pytest -n auto -m "slow and not local_model"

check: style ## check style, types and layers, and run all tests
	$(BIN)/python -m pytest -n auto

docs: $(VENV)/.documented ## build the documentation's pages in site/
	$(BIN)/mkdocs build --strict

ui: $(VENV)/.installed ## open the runs in MLflow
	$(BIN)/esc-skills ui --runs runs/demo

bench: $(VENV)/.developed ## measure speed, error rates and power
	$(BIN)/python -m esc_skills.experiments.bench.benchmarks

results: $(VENV)/.installed ## play the tournaments that are kept and write their tables, for hours; goes on where it was
	$(BIN)/esc-skills bench optimizers --suite reporting --start empty --start drafts --start mined \
		--budget 1000 --budget 2000 --budget 4000 --budget 8000 --optimizer evolution --optimizer gepa \
		--optimizer skillopt-rule --seeds 3 --keep experiments/results/reporting.json
	$(BIN)/esc-skills bench optimizers --world deceptive-reported --start empty --start drafts \
		--budget 4000 --budget 8000 --optimizer evolution --optimizer gepa --optimizer skillopt-rule \
		--second-judge checklist --seeds 3 --keep experiments/results/deceptive.json
	$(BIN)/esc-skills bench optimizers --suite reporting --start empty --start drafts --start mined \
		--budget 2000 --optimizer evolution --optimizer gepa --optimizer skillopt-rule \
		--seeds 6 --keep experiments/results/more-seeds.json
	$(BIN)/esc-skills bench optimizers --suite reporting --start empty --start drafts --start mined \
		--budget 16000 --optimizer evolution --optimizer gepa --optimizer skillopt-rule \
		--seeds 1 --keep experiments/results/large-budget.json
	$(BIN)/esc-skills bench table --in experiments/results/README.md
	for name in more-seeds large-budget; do $(BIN)/esc-skills bench table --standings \
		experiments/results/$$name.json --in experiments/results/README.md || exit 1; done
	$(BIN)/esc-skills bench table experiments/results/deceptive.json --in experiments/results/README.md
	$(BIN)/esc-skills bench table --standings --in README.md

clean: ## remove what the commands above made
	rm -rf $(VENV) runs build dist site *.egg-info

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.developed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[all]" --group dev
	touch $@

$(VENV)/.documented: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group docs
	touch $@
