"""`python play.py (sync|async) CONTESTANT WORKLOAD URL UNITS` plays one workload and prints one
line of JSON."""

import sys


def play_sync(contestant, workload, units):
    from measured import Section, roster, warm_up

    def work(count):
        if workload == "W1":
            return sum(contestant.retrieve() for _ in range(count))
        if workload == "W2":
            return sum(contestant.page() for _ in range(count))
        if workload == "W3":
            return in_threads(contestant.retrieve, 16, count)
        if workload.startswith("W4"):
            return contestant.all(int(workload.partition("-")[2] or 0))
        return sum(contestant.submit(members) for _ in range(count))

    contestant.retrieve()
    members = contestant.roster(roster()) if workload == "W5" else []
    if early := warm_up(workload, units):
        work(early)
    section = Section()
    section.end(units, work(units))


def in_threads(call, threads, count):
    from concurrent.futures import ThreadPoolExecutor

    def some(share):
        return sum(call() for _ in range(share))

    shares = [count // threads + (n < count % threads) for n in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(some, shares))


async def play_async(make, workload, url, units):
    import asyncio

    from measured import Section, roster, warm_up

    async def in_flight(count, width=64):
        left = iter(range(count))

        async def some():
            total = 0
            for _ in left:
                total += await contestant.retrieve()
            return total

        return sum(await asyncio.gather(*(some() for _ in range(width))))

    async def work(count):
        if workload == "W3":
            return await in_flight(count)
        if workload.startswith("W4"):
            return await contestant.all(int(workload.partition("-")[2] or 0))
        total = 0
        for _ in range(count):
            if workload == "W1":
                total += await contestant.retrieve()
            elif workload == "W2":
                total += await contestant.page()
            else:
                total += await contestant.submit(members)
        return total

    contestant = make(url)
    await contestant.retrieve()
    members = contestant.roster(roster()) if workload == "W5" else []
    if early := warm_up(workload, units):
        await work(early)
    section = Section()
    section.end(units, await work(units))


def main():
    style, name, workload, url, units = sys.argv[1:]
    if style == "sync":
        from sync_clients import CLIENTS
    else:
        from async_clients import CLIENTS
    make = CLIENTS[name]
    if style == "sync":
        play_sync(make(url), workload, int(units))
    elif name.endswith("uvloop"):
        import uvloop

        uvloop.run(play_async(make, workload, url, int(units)))
    else:
        import asyncio

        asyncio.run(play_async(make, workload, url, int(units)))


main()
