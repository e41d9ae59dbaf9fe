# Perennial in a container: one executable on a base that has a C library and little else.
#
#   docker build -t perennial .
#   docker run -p 4437:4437 -v perennial:/data perennial

FROM node:20-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm run build:binary && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/packages/cli/dist/perennial /usr/local/bin/perennial
COPY --from=build --chown=65532:65532 /data /data
ENV PERENNIAL_HOST=0.0.0.0
ENV PERENNIAL_DATA_DIR=/data
VOLUME ["/data"]
EXPOSE 4437
ENTRYPOINT ["/usr/local/bin/perennial"]
CMD ["serve"]
