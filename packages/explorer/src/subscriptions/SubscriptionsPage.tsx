import { Link, useSearch } from "@tanstack/react-router";
import { useTitle } from "../app/use-title.ts";
import { Icon } from "../design/Icon.tsx";
import { SubscriptionDetail } from "./SubscriptionDetail.tsx";
import { SubscriptionList } from "./SubscriptionList.tsx";
import "./subscriptions.css";

/** All subscriptions, or the one that the address names. */
export function SubscriptionsPage() {
  const { id } = useSearch({ from: "/subscriptions" });
  useTitle(id ?? "Subscriptions");
  return (
    <div className="subscriptions">
      <header className="view-title">
        <Link
          to={id === undefined ? "/" : "/subscriptions"}
          className={id === undefined ? "back" : "to-list"}
          aria-label={id === undefined ? "All streams" : "All subscriptions"}
        >
          <Icon name="back" />
        </Link>
        <h1>{id ?? "Subscriptions"}</h1>
      </header>
      {id === undefined ? <SubscriptionList /> : <SubscriptionDetail key={id} id={id} />}
    </div>
  );
}
