import { Button, Text } from "@mantine/core";
import { MAX_SEARCH_COUNT, type Search, type SearchCounts } from "@ringdesk/contract/http";
import type { SearchId } from "@ringdesk/std";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

/** A count as people read it. */
export const countWords = (count: number | undefined): string => (count === undefined ? "" : count > MAX_SEARCH_COUNT ? `${MAX_SEARCH_COUNT.toLocaleString("en-US")}+` : count.toLocaleString("en-US"));

function Section({ title, searches, counts, chosen }: { readonly title: string; readonly searches: readonly Search[]; readonly counts: SearchCounts; readonly chosen: SearchId | null }) {
  if (searches.length === 0) return null;
  return (
    <div role="group" aria-label={title}>
      <Text size="xs" c="dimmed" fw={600} px={10} pt={12} pb={4}>{title}</Text>
      {searches.map((search) => (
        <Link key={search.id} to="/searches" search={{ search: search.id }} className="rd-nav rd-search" data-testid="search" data-chosen={search.id === chosen ? true : undefined} {...(search.id === chosen ? { "aria-current": "true" as const } : {})}>
          <span className="rd-search-name" title={search.name}>{search.name}</span>
          <span className="rd-number rd-search-count" data-testid="search-count" aria-label={`${counts[search.id] ?? 0} found`}>{countWords(counts[search.id])}</span>
        </Link>
      ))}
    </div>
  );
}

/** All searches with their live counts. */
export function SearchList({ searches, counts, chosen }: { readonly searches: readonly Search[]; readonly counts: SearchCounts; readonly chosen: SearchId | null }) {
  return (
    <nav aria-label="Searches" className="rd-card" style={{ padding: 8 }}>
      <Button renderRoot={(props) => <Link {...props} to="/searches" search={{ new: true }} />} fullWidth variant="light" size="sm" leftSection={<IconPlus size={16} />}>New search</Button>
      <Section title="Shared" searches={searches.filter((search) => search.shared)} counts={counts} chosen={chosen} />
      <Section title="Mine" searches={searches.filter((search) => !search.shared)} counts={counts} chosen={chosen} />
    </nav>
  );
}
