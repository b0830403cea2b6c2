import { useState } from 'react';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Empty } from '../../ui/empty.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { useFinding } from './finding.ts';
import { Hits } from './hits.tsx';

interface ConversationSearchProps {
  readonly peerId: string;
  readonly onJump: (seq: number) => void;
}

// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function ConversationSearch({ peerId, onJump }: ConversationSearchProps) {
  const { search } = useLaterTexts();
  const { conversation, list } = useTexts();
  const [query, setQuery] = useState('');
  const finding = useFinding(query.trim(), peerId);
  return (
    <>
      <div className="px-4 py-3">
        <SearchField label={conversation.search} clearLabel={list.clearSearch} value={query} onChange={setQuery} autoFocus />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-4">
        {query.trim() === '' && <Empty icon="search" title={search.inConversation} hint={search.inConversationHint} />}
        <Hits finding={finding} within onPick={({ message }) => onJump(message.seq)} />
      </div>
    </>
  );
}
