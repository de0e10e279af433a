/** The programs of the machine that tests start. One that is missing fails the tests, with where to get it. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What each tool comes from. */
const SOURCES = {
  buildah: 'the Debian package buildah',
  caddy: 'the Debian package caddy',
  crane: 'go install github.com/google/go-containerregistry/cmd/crane@v0.22.1',
  ctr: 'the Debian package containerd',
  curl: 'the Debian package curl',
  docker: 'the Debian package docker.io',
  'docker-registry': 'the Debian package docker-registry',
  dockerd: 'the Debian package docker.io',
  git: 'the Debian package git',
  helm: 'go install helm.sh/helm/v3/cmd/helm@v3.21.4',
  ip: 'the Debian package iproute2',
  jq: 'the Debian package jq',
  kind: 'go install sigs.k8s.io/kind@v0.33.0',
  kubectl: 'a release of Kubernetes, https://kubernetes.io/releases/download/',
  nsenter: 'the Debian package util-linux',
  openssl: 'the Debian package openssl',
  podman: 'the Debian package podman',
  regctl: 'go install github.com/regclient/regclient/cmd/regctl@v0.11.7',
  regsync: 'go install github.com/regclient/regclient/cmd/regsync@v0.11.7',
  script: 'the Debian package bsdutils',
  setpriv: 'the Debian package util-linux',
  skopeo: 'the Debian package skopeo',
  socat: 'the Debian package socat',
  unshare: 'the Debian package util-linux',
} as const;

/** A program that tests may start. */
export type Tool = keyof typeof SOURCES;

/** @throws an error with one sentence for each tool that is not on the PATH */
export function requireTools(tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => !isOnPath(tool));
  if (missing.length === 0) return;
  throw new Error(
    missing
      .map((tool) => `This test needs ${tool}, which is not on the PATH: it comes with ${SOURCES[tool]}.`)
      .join('\n'),
  );
}

function isOnPath(tool: Tool): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && isExecutable(join(folder, tool)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
