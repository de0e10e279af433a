/** Every target in one table. Pure. */
import {
  planBuildx,
  planContainerd,
  planDocker,
  planDockerDesktop,
  planPodman,
  planRootlessDocker,
} from './engine-targets.ts';
import { planJava, planNode, planNss, planSystem } from './store-targets.ts';
import type { TargetName, TargetWants, TrustHost, TrustSubject, Unfit } from './target.ts';

type PlanTarget = (subject: TrustSubject, host: TrustHost) => TargetWants | Unfit;

/** What makes each target trust. */
export const TARGETS: Readonly<Record<TargetName, PlanTarget>> = {
  docker: planDocker,
  'docker-rootless': planRootlessDocker,
  'docker-desktop': planDockerDesktop,
  podman: planPodman,
  containerd: planContainerd,
  buildx: planBuildx,
  system: planSystem,
  nss: planNss,
  java: planJava,
  node: planNode,
};
