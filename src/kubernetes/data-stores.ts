import { asNumber } from './json.ts';
import { declaredPorts, type Program, Programs, type Recognised } from './programs.ts';
import type { Container } from './workload.ts';

/** What keeps or passes on data, with the ports for its clients and for its own members, as each project's documentation names them. */
const STORES: readonly Program[] = [
  {
    name: 'PostgreSQL',
    images: [
      'postgres',
      'postgresql',
      'postgresql-repmgr',
      'postgis',
      'pgvector',
      'timescaledb',
      'timescaledb-ha',
      'crunchy-postgres',
      'pgbouncer',
    ],
    ports: [5432, 6432],
  },
  {
    name: 'MySQL',
    images: [
      'mysql',
      'mysql-server',
      'mariadb',
      'mariadb-galera',
      'percona',
      'percona-server',
      'percona-xtradb-cluster',
    ],
    ports: [3306, 33060, 4444, 4567, 4568],
  },
  // Without --auth, which is off by default, everybody is its administrator.
  {
    name: 'MongoDB',
    images: ['mongo', 'mongodb', 'mongodb-community-server', 'percona-server-mongodb', 'mongodb-sharded'],
    ports: [27017, 27018, 27019],
  },
  // Whoever may write its configuration may write files of the container.
  {
    name: 'Redis',
    images: [
      'redis',
      'redis-stack',
      'redis-stack-server',
      'redis-cluster',
      'redis-sentinel',
      'valkey',
      'keydb',
      'dragonfly',
    ],
    ports: [6379, 6380, 16379, 26379],
  },
  {
    name: 'Elasticsearch',
    images: ['elasticsearch', 'elasticsearch-oss', 'opensearch'],
    ports: [9200, 9300],
  },
  // Has no login worth the name, and amplifies floods where UDP is open.
  { name: 'Memcached', images: ['memcached'], ports: [11211] },
  {
    name: 'Cassandra',
    images: ['cassandra', 'scylla', 'dse-server', 'cass-management-api'],
    // Clients, Thrift, members, members with TLS, JMX.
    ports: [9042, 9142, 9160, 7000, 7001, 7199],
  },
  { name: 'etcd', images: ['etcd', 'etcd-amd64'], ports: [2379, 2380] },
  { name: 'MinIO', images: ['minio/minio', 'bitnami/minio'], ports: [9000] },
  // 4369 and 25672 are Erlang's own: with the cookie, whoever gets there runs code.
  { name: 'RabbitMQ', images: ['rabbitmq'], ports: [5672, 5671, 4369, 25672, 1883, 61613] },
  {
    name: 'Kafka',
    images: ['kafka', 'kafka-native', 'cp-kafka', 'cp-server', 'wurstmeister/kafka', 'redpanda'],
    ports: [9091, 9092, 9093, 9094],
  },
  // Brokers and clients trust what it says about who leads.
  { name: 'ZooKeeper', images: ['zookeeper', 'cp-zookeeper'], ports: [2181, 2888, 3888] },
  { name: 'ClickHouse', images: ['clickhouse-server', 'clickhouse'], ports: [8123, 8443, 9000, 9009, 9440] },
  { name: 'CouchDB', images: ['couchdb'], ports: [5984, 4369, 9100] },
  { name: 'Couchbase', images: ['couchbase', 'couchbase/server'], ports: [8091, 8092, 8093, 11210] },
  { name: 'InfluxDB', images: ['influxdb'], ports: [8086, 8088] },
  { name: 'SQL Server', images: ['mssql/server', 'azure-sql-edge'], ports: [1433] },
  { name: 'Oracle Database', images: ['oracle-xe', 'oracle-free', 'database/free'], ports: [1521] },
  { name: 'Neo4j', images: ['neo4j'], ports: [7474, 7473, 7687] },
  { name: 'CockroachDB', images: ['cockroach'], ports: [26257] },
  { name: 'TiDB', images: ['tidb', 'tikv'], ports: [4000, 20160] },
  { name: 'ArangoDB', images: ['arangodb'], ports: [8529] },
  { name: 'RethinkDB', images: ['rethinkdb'], ports: [28015, 29015, 8080] },
  { name: 'Solr', images: ['solr'], ports: [8983] },
  { name: 'NATS', images: ['library/nats', 'nats-streaming'], ports: [4222, 6222] },
  {
    name: 'ActiveMQ',
    images: ['activemq', 'activemq-classic', 'activemq-artemis'],
    ports: [61616, 5672, 8161],
  },
  { name: 'Pulsar', images: ['pulsar', 'pulsar-all'], ports: [6650, 8080] },
  { name: 'Milvus', images: ['milvus'], ports: [19530] },
  { name: 'Qdrant', images: ['qdrant'], ports: [6333, 6334] },
  { name: 'OpenLDAP', images: ['openldap'], ports: [389, 636, 1389, 1636] },
  // Whoever may push replaces what others run.
  { name: 'container registry', images: ['library/registry'], ports: [5000] },
];

/** Ports that hardly anything else uses, for stores whose image has a name of its own. */
const BY_PORT = new Map<number, string>([
  [5432, 'PostgreSQL'],
  [3306, 'MySQL'],
  [1433, 'SQL Server'],
  [1521, 'Oracle Database'],
  [27017, 'MongoDB'],
  [6379, 'Redis'],
  [11211, 'Memcached'],
  [9042, 'Cassandra'],
  [5984, 'CouchDB'],
]);

const PROGRAMS = new Programs(STORES);

export interface FoundStore {
  readonly name: string;
  readonly container: Container;
  readonly ports: readonly number[];
  readonly by: Recognised<Program>['by'] | 'port';
}

/** The store that a container runs. What runs to completion is a client of one. */
export function dataStoreOf(container: Container): FoundStore | undefined {
  if (!container.isLongRunning || container.workload.runsToCompletion) return undefined;
  const declared = declaredPorts(container);
  const found = PROGRAMS.of(container);
  if (found !== undefined) {
    const { name, ports: usual } = found.program;
    const known = usual.filter((port) => declared.includes(port));
    const others = declared.filter((port) => !isOfMetrics(container, port));
    const ports = known.length > 0 ? known : declared.length > 0 ? others : usual.slice(0, 1);
    return ports.length === 0 ? undefined : { name, container, ports, by: found.by };
  }
  const port = declared.find((each) => BY_PORT.has(each));
  return port === undefined ? undefined : { name: BY_PORT.get(port)!, container, ports: [port], by: 'port' };
}

function isOfMetrics(container: Container, port: number): boolean {
  return container.ports.some(
    ({ raw }) =>
      asNumber(raw['containerPort']) === port && /metric|prom|export|health/.test(String(raw['name'] ?? '')),
  );
}
