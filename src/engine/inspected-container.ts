/** Reads what engines tell of containers when asked to inspect them; Docker and Podman tell it alike. */
import type { Container, PublishedPort } from './engine.ts';

/**
 * Reads the answer of `container inspect`.
 * @param text an array in JSON
 * @throws SyntaxError when it is none
 */
export function parseInspectedContainers(text: string): Container[] {
  const containers: unknown = JSON.parse(text);
  return Array.isArray(containers) ? containers.map(toContainer) : [];
}

function toContainer(inspected: unknown): Container {
  const state = fieldOf(inspected, 'State');
  const isThere = fieldOf(state, 'Running') === true;
  const labels = Object.entries(objectOf(fieldOf(fieldOf(inspected, 'Config'), 'Labels')));
  return {
    name: String(fieldOf(inspected, 'Name')).replace(/^\//, ''),
    isRunning: isThere && fieldOf(state, 'Paused') !== true,
    labels: Object.fromEntries(labels.map(([name, value]) => [name, String(value)])),
    ports: isThere ? toPorts(fieldOf(fieldOf(inspected, 'NetworkSettings'), 'Ports')) : [],
  };
}

/** Such as `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "81/tcp": null}`. */
function toPorts(ports: unknown): PublishedPort[] {
  return Object.entries(objectOf(ports)).flatMap(([inside, outside]) => {
    const [containerPort, protocol] = inside.split('/');
    if (protocol !== 'tcp' || !Array.isArray(outside)) return [];
    return outside.map((binding: unknown) => {
      const host = fieldOf(binding, 'HostIp');
      return {
        // Podman leaves it empty for all addresses.
        host: typeof host === 'string' && host !== '' ? host : '0.0.0.0',
        hostPort: Number(fieldOf(binding, 'HostPort')),
        containerPort: Number(containerPort),
      };
    });
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return objectOf(value)[name];
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
