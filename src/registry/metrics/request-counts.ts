/** Counts requests: how many, how long, how many bytes. Labels have few values, whatever clients send. */
import type { Family, Sample } from './text-format.ts';

/** What is known of a request that is over. */
export interface RequestFacts {
  readonly method: string;
  /** The kind of thing the path names; one of a few words. */
  readonly route: string;
  readonly status: number;
  /** Bytes of body that came in. */
  readonly received: number;
  /** Bytes of body that went out. */
  readonly sent: number;
  readonly milliseconds: number;
}

/** The counts. */
export interface RequestCounts {
  /** Cheap: no text is made and nothing allocated but for the first request of its kind. */
  note(facts: RequestFacts): void;
  families(): readonly Family[];
}

/** Seconds; a pull of a manifest takes less than the first, a push of some gigabytes more than the last but one. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300] as const;

/** Whatever else clients come up with is counted as one. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Requests of one method on one route. */
interface Series {
  readonly method: string;
  readonly route: string;
  /** By the first digit of the status. */
  readonly byClass: number[];
  /** Requests that took no longer than each bucket and longer than the one before; the last is for all others. */
  readonly byDuration: number[];
  seconds: number;
  received: number;
  sent: number;
}

/** Begins to count. */
export function countRequests(): RequestCounts {
  const routes = new Map<string, Map<string, Series>>();
  const seriesOf = (route: string, method: string): Series => {
    const methods = routes.get(route) ?? new Map<string, Series>();
    routes.set(route, methods);
    const series = newSeries(route, method);
    methods.set(method, series);
    return series;
  };
  return {
    note({ method: named, route, status, received, sent, milliseconds }) {
      const method = METHODS.has(named) ? named : 'other';
      const series = routes.get(route)?.get(method) ?? seriesOf(route, method);
      const seconds = milliseconds / 1000;
      increment(series.byClass, Math.floor(status / 100));
      increment(series.byDuration, bucketOf(seconds));
      series.seconds += seconds;
      series.received += received;
      series.sent += sent;
    },
    families: () => familiesOf([...routes.values()].flatMap((methods) => [...methods.values()])),
  };
}

function newSeries(route: string, method: string): Series {
  const byDuration = Array.from({ length: BUCKETS.length + 1 }, () => 0);
  return { method, route, byClass: [0, 0, 0, 0, 0, 0], byDuration, seconds: 0, received: 0, sent: 0 };
}

function increment(counts: number[], at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}

function bucketOf(seconds: number): number {
  const at = BUCKETS.findIndex((bound) => seconds <= bound);
  return at < 0 ? BUCKETS.length : at;
}

function familiesOf(all: readonly Series[]): readonly Family[] {
  const totals = (value: (series: Series) => number) =>
    all.map((series) => ({ labels: labelsOf(series), value: value(series) }));
  return [
    {
      name: 'devreg_http_requests_total',
      type: 'counter',
      help: 'Requests that were answered.',
      samples: all.flatMap(classSamples),
    },
    {
      name: 'devreg_http_request_duration_seconds',
      type: 'histogram',
      help: 'Time from the head of a request to the end of its reply.',
      samples: all.flatMap(durationSamples),
    },
    {
      name: 'devreg_http_received_bytes_total',
      type: 'counter',
      help: 'Bytes of request bodies.',
      samples: totals(({ received }) => received),
    },
    {
      name: 'devreg_http_sent_bytes_total',
      type: 'counter',
      help: 'Bytes of reply bodies.',
      samples: totals(({ sent }) => sent),
    },
  ];
}

function labelsOf({ method, route }: Series): Readonly<Record<string, string>> {
  return { method, route };
}

function classSamples(series: Series): readonly Sample[] {
  return series.byClass.flatMap((value, first) =>
    value === 0 ? [] : [{ labels: { ...labelsOf(series), status: `${first}xx` }, value }],
  );
}

/** Buckets of the format count everything up to their bound. */
function durationSamples(series: Series): readonly Sample[] {
  let count = 0;
  const buckets = series.byDuration.map((value, at) => {
    count += value;
    const le = at < BUCKETS.length ? String(BUCKETS[at]) : '+Inf';
    return { suffix: '_bucket', labels: { ...labelsOf(series), le }, value: count };
  });
  return [
    ...buckets,
    { suffix: '_sum', labels: labelsOf(series), value: series.seconds },
    { suffix: '_count', labels: labelsOf(series), value: count },
  ];
}
