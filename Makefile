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

results: $(VENV)/.installed ## hold the tournaments that are kept and write their tables, for hours; goes on where it was
	$(BIN)/esc-skills bench optimizers --world default --budget 2000 --budget 4000 --budget 8000 \
		--budget 16000 --keep experiments/results/optimizers.json
	$(BIN)/esc-skills bench optimizers --world default --budget 2000 --budget 4000 \
		--optimizer evolution --optimizer skillopt-rule --seeds 100 \
		--keep experiments/results/closest-peer.json
	$(BIN)/esc-skills bench optimizers --world default --budget 40000 --optimizer gepa \
		--optimizer skillopt-rule --keep experiments/results/peers-40000.json
	$(BIN)/esc-skills bench optimizers --world default --budget 4000 --ablate --seeds 6 \
		--keep experiments/results/ablation-4000.json
	$(BIN)/esc-skills bench optimizers --world noisy --world few-needs --world bad-advice \
		--world coupled --world unseeded --budget 8000 --optimizer evolution \
		--optimizer skillopt-rule --seeds 6 --keep experiments/results/worlds-8000.json
	$(BIN)/esc-skills bench optimizers --world deceptive --budget 8000 --optimizer evolution \
		--optimizer skillopt-rule --optimizer gepa --judges checklist \
		--keep experiments/results/deceptive-8000.json
	$(BIN)/esc-skills bench table --in README.md
	for name in peers-40000 closest-peer; do \
		$(BIN)/esc-skills bench table experiments/results/$$name.json --in docs/search.md || exit 1; done
	for name in ablation-4000 worlds-8000 deceptive-8000; do \
		$(BIN)/esc-skills bench table experiments/results/$$name.json \
			--in experiments/results/README.md || exit 1; done

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
