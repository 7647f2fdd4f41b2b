# SPDX-License-Identifier: Apache-2.0
# Three stages: the pages of the desk, wheels from hash-locked sources, and Python with the wheels and nothing that builds.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS desk
WORKDIR /build/bot/desk/web
COPY bot/desk/web/package.json bot/desk/web/package-lock.json bot/desk/web/.npmrc ./
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY bot/desk/web .
RUN npm run build

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.lock requirements-build.lock ./
# The build backend is locked like everything else: no build step resolves anything by itself.
RUN python -m venv /srv/leeward \
 && /srv/leeward/bin/python -m pip install --require-hashes --only-binary :all: -r requirements.lock \
 && python -m venv /build/backend \
 && /build/backend/bin/python -m pip install --require-hashes --only-binary :all: -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY dialogs dialogs
COPY storage storage
COPY handlers handlers
COPY config config
COPY --from=desk /build/bot/desk/static bot/desk/static
RUN /build/backend/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /srv/leeward/bin/python -m pip install --no-deps --no-index /wheels/*.whl \
 && /srv/leeward/bin/python -m pip uninstall --yes pip setuptools

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="leeward" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 65532 leeward \
 && useradd --uid 65532 --gid 65532 --no-create-home --home-dir /var/lib/leeward --shell /usr/sbin/nologin leeward \
 && install -d -o 65532 -g 65532 -m 0700 /var/lib/leeward /run/leeward-keys
COPY --from=build /srv/leeward /srv/leeward
# What is freed is overwritten at once (PYTHONMALLOC, MALLOC_PERTURB_), so that memory does not hold what was sealed.
# PYTHONDONTWRITEBYTECODE and PYTHONUNBUFFERED suit a read-only root; no core dump may hold a key (see compose.yaml).
ENV PATH=/srv/leeward/bin:$PATH \
    PYTHONMALLOC=malloc \
    MALLOC_PERTURB_=204 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONSAFEPATH=1 \
    LEEWARD_HOME=/var/lib/leeward
USER 65532:65532
WORKDIR /var/lib/leeward
# The state is a volume, and so are its keys until they can live on a tmpfs.
VOLUME ["/var/lib/leeward"]
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s --retries=3 CMD ["leeward", "doctor"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["leeward"]
# Before the first start: leeward init, the directory, its signature (docs/operations.md).
CMD ["serve"]
