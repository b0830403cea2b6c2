# Any of the five services: docker build --build-arg SERVICE=auth -t parley/auth .
# With --target development it is the one that skaffold dev runs.
#
# Bases are pinned by tag here. Who builds for others pins them by digest as well, which a tag may be followed by:
# docker.io/library/node:24-bookworm-slim@sha256:…
ARG NODE=docker.io/library/node:24-bookworm-slim
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

FROM ${NODE} AS manifests
WORKDIR /parley
COPY package.json package-lock.json .npmrc ./
COPY common/package.json common/
COPY auth/package.json auth/
COPY users/package.json users/
COPY messages/package.json messages/
COPY socket-handler/package.json socket-handler/
COPY notifications/package.json notifications/
COPY client/package.json client/
COPY client/library/package.json client/library/
COPY platform/package.json platform/

FROM manifests AS generate
RUN npm ci --omit=optional
ARG SERVICE
COPY ${SERVICE} ${SERVICE}/
# Generating needs no engine, but Prisma downloads one unless it is told where one is; any executable will do.
RUN mkdir -p ${SERVICE}/generated \
 && if [ -e ${SERVICE}/prisma/schema.prisma ]; then \
      PRISMA_SCHEMA_ENGINE_BINARY=/bin/true CHECKPOINT_DISABLE=1 \
        node node_modules/prisma/build/index.js generate --schema ${SERVICE}/prisma/schema.prisma; \
    fi

# For developing in a cluster: everything is installed, and a file that is saved is run at once.
FROM generate AS development
ARG SERVICE
COPY common common/
RUN chown -R 65532:65532 common ${SERVICE}
WORKDIR /parley/${SERVICE}
USER 65532:65532
ENV NODE_ENV=development
EXPOSE 3000
ENTRYPOINT ["/usr/local/bin/node", "--watch", "--watch-preserve-output", "src/main.ts"]

FROM manifests AS install
ARG SERVICE
RUN npm ci --omit=dev --omit=optional --workspace @parley/common --workspace @parley/${SERVICE}
# Of Prisma only what speaks to PostgreSQL is needed, and of anything nothing that only compilers and debuggers read.
RUN find . -path '*/node_modules/*' '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' ')' -delete \
 && cd node_modules && rm -rf react react-dom @types .cache && cd @prisma/client/runtime 2>/dev/null \
 && rm -f ./*sqlserver* ./*cockroachdb* ./*mysql* ./*sqlite* ./*_small_* ./*edge* || true

FROM install AS assemble
ARG SERVICE
COPY common common/
COPY ${SERVICE} ${SERVICE}/
COPY --from=generate /parley/${SERVICE}/generated ${SERVICE}/generated/
# TypeScript is stripped and compiled once, here. Node keeps such a cache for one user and one version of itself.
RUN mkdir -p /parley/.compiled && chown 65532:65532 /parley/.compiled
USER 65532:65532
ENV NODE_COMPILE_CACHE=/parley/.compiled
RUN node --input-type=module -e "await import('./${SERVICE}/src/service.ts'); await import('./${SERVICE}/src/config.ts'); (await import('node:module')).flushCompileCache(); process.exit()"

FROM ${BASE} AS service
ARG SERVICE
COPY --from=manifests /usr/local/bin/node /usr/local/bin/node
COPY --from=assemble /parley/node_modules /parley/node_modules/
COPY --from=assemble /parley/package.json /parley/
COPY --from=assemble /parley/common /parley/common/
COPY --from=assemble /parley/.compiled /parley/.compiled/
COPY --from=assemble /parley/${SERVICE} /parley/${SERVICE}/
WORKDIR /parley/${SERVICE}
USER 65532:65532
ENV NODE_ENV=production NODE_COMPILE_CACHE=/parley/.compiled
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["/usr/local/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/local/bin/node", "src/main.ts"]
