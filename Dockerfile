# docs/containers.md tells how to run it.

FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without scripts: `prepare` would build what isn't copied yet.
RUN npm ci --ignore-scripts
COPY build.mjs tsconfig.json ./
COPY models models
COPY wasm wasm
COPY routes routes
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-slim
# Other machines can reach 0.0.0.0, so `serve` wants keys before it listens there.
ENV NODE_ENV=production \
    ALLUVIUM_HOST=0.0.0.0 \
    ALLUVIUM_PORT=8420 \
    ALLUVIUM_DATA_DIR=/data
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 8420
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.ALLUVIUM_PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/alluvium.js"]
CMD ["serve"]
