import { choice, exactlyOne, group, text } from "./fields.ts";
import { secretRef } from "./metricTemplateSchema.ts";

/** Flagger's kinds of alert provider. */
export const ALERT_PROVIDERS = ["slack", "msteams", "discord", "rocket", "gchat"] as const;

/** `spec` of an AlertProvider. As in Flagger's schema, the address is written here or in a Secret, not both. */
export const alertProviderSpecSchema = exactlyOne(
  group("Where alerts of Canaries are sent.", {
    type: choice("Kind of the provider.", ALERT_PROVIDERS),
    channel: text("Channel to post in.").optional(),
    username: text("Name to post under.").optional(),
    address: text("Address of the provider's hook.").optional(),
    proxy: text("HTTP proxy to go through.").optional(),
    secretRef: secretRef("Secret that holds the address.").optional(),
  }),
  ["address", "secretRef"],
);
