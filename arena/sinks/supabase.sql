-- ModelChat Arena: chats, rounds, fills and standings, as `arena` copies them here.
-- For a project's SQL editor, or `supabase db push`. It may be applied again, and changes nothing then.

begin;

create table if not exists public.rounds (
    id text primary key,
    season text not null,
    session date not null,
    as_of timestamptz not null,
    tickers jsonb not null,
    contestants jsonb not null,
    consensus jsonb not null,
    content jsonb not null
);
create index if not exists rounds_season_session on public.rounds (season, session);

create table if not exists public.chats (
    id text primary key,
    season text not null,
    session date not null,
    ticker text not null,
    contestant text not null,
    model text not null,
    labels jsonb not null,
    kind text not null,
    action text,
    fraction double precision,
    confidence double precision,
    reason text,
    cost_known numeric not null,
    unknown_calls integer not null,
    started timestamptz not null,
    finished timestamptz not null,
    content jsonb not null
);
create index if not exists chats_season_session on public.chats (season, session, ticker, contestant);

create table if not exists public.prompts (
    id text primary key references public.chats (id) on delete cascade,
    prompts jsonb not null
);

create table if not exists public.fills (
    id text primary key,
    season text not null,
    session date not null,
    contestant text not null,
    ticker text not null,
    side text not null,
    shares numeric not null,
    price numeric not null,
    slippage numeric not null,
    fee numeric not null,
    rule text not null,
    order_key text not null,
    chat_id text,
    content jsonb not null
);
create index if not exists fills_season_session on public.fills (season, session);

create table if not exists public.standings (
    id text primary key,
    season text not null,
    session date not null,
    contestant text not null,
    rank integer not null,
    medal text,
    labels jsonb not null,
    equity numeric not null,
    cash numeric not null,
    pnl numeric not null,
    return_pct numeric not null,
    content jsonb not null
);
create index if not exists standings_season_session on public.standings (season, session, rank);

comment on table public.rounds is 'What was played, and the votes.';
comment on table public.chats is 'ModelChats without their prompts: stages, replies, outcome, costs.';
comment on table public.prompts is 'The prompts of each chat''s calls.';
comment on table public.fills is 'Orders that were executed; money in US dollars.';
comment on table public.standings is 'The leaderboard as it stood after each round.';

-- Nobody writes but the service role, which stands above these rules.
alter table public.rounds enable row level security;
alter table public.chats enable row level security;
alter table public.prompts enable row level security;
alter table public.fills enable row level security;
alter table public.standings enable row level security;

revoke all on public.rounds, public.chats, public.prompts, public.fills, public.standings from anon, authenticated;
grant all on public.rounds, public.chats, public.prompts, public.fills, public.standings to service_role;

-- Everybody reads everything but the prompts.
grant select on public.rounds, public.chats, public.fills, public.standings to anon, authenticated;
drop policy if exists "anybody reads rounds" on public.rounds;
create policy "anybody reads rounds" on public.rounds for select to anon, authenticated using (true);
drop policy if exists "anybody reads chats" on public.chats;
create policy "anybody reads chats" on public.chats for select to anon, authenticated using (true);
drop policy if exists "anybody reads fills" on public.fills;
create policy "anybody reads fills" on public.fills for select to anon, authenticated using (true);
drop policy if exists "anybody reads standings" on public.standings;
create policy "anybody reads standings" on public.standings for select to anon, authenticated using (true);

drop policy if exists "anybody reads prompts" on public.prompts;
-- {prompts}

notify pgrst, 'reload schema';

commit;
