# The registry's image, for machines on which `devreg create` cannot assemble it: anything but Linux.
#
#     npm ci
#     docker build -t devreg-registry .
#     devreg create --registry-image devreg-registry
ARG NODE_IMAGE=node:24-slim
FROM ${NODE_IMAGE}
RUN mkdir -p -m 0777 /var/lib/registry
COPY package.json dist/ /usr/lib/devreg/
COPY bin/registry /bin/registry
WORKDIR /
VOLUME /var/lib/registry
EXPOSE 5000
ENTRYPOINT ["/bin/registry"]
CMD ["serve", "/etc/distribution/config.yml"]
