import { PLAIN_SETTINGS } from "@perennial/testing/journal";
