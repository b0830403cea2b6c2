import { z } from 'zod';

/**
 * What we use of three resources that no package has schemas of, by `apiVersion kind`: the spec, after what their owners
 * document (RabbitMQ Cluster Operator 2.x, NGINX Gateway Fabric 2.x). Strict: a field that is not here is a mistake or needs a look.
 */
const Quantity = z.string().regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi)?$/);
const Resources = z.strictObject({ cpu: Quantity, memory: Quantity });
const Duration = z.string().regex(/^\d{1,4}(ms|s|m|h)?$/);
const GatewayReference = z.strictObject({
  group: z.literal('gateway.networking.k8s.io'),
  kind: z.enum(['Gateway', 'HTTPRoute', 'GRPCRoute']),
  name: z.string(),
});

export const others: Readonly<Record<string, z.ZodType>> = {
  'rabbitmq.com/v1beta1 RabbitmqCluster': z.strictObject({
    replicas: z.int().min(1),
    image: z.string(),
    secretBackend: z.strictObject({ externalSecret: z.strictObject({ name: z.string() }) }),
    persistence: z.strictObject({ storage: Quantity, storageClassName: z.string().optional() }),
    resources: z.strictObject({ requests: Resources, limits: Resources }),
    rabbitmq: z.strictObject({ additionalConfig: z.string() }),
    override: z.strictObject({
      statefulSet: z.strictObject({ spec: z.strictObject({ template: z.strictObject({ spec: z.looseObject({}) }) }) }),
    }),
    affinity: z.strictObject({ podAntiAffinity: z.looseObject({}) }),
  }),
  'gateway.nginx.org/v1alpha1 ProxySettingsPolicy': z.strictObject({
    targetRefs: z.array(GatewayReference).min(1),
    timeout: z.strictObject({ connect: Duration, read: Duration, send: Duration }).partial(),
  }),
  'gateway.nginx.org/v1alpha1 ClientSettingsPolicy': z.strictObject({
    targetRef: GatewayReference,
    body: z.strictObject({ maxSize: z.string().regex(/^\d{1,4}[kmg]?$/) }),
  }),
};
