"""A throwaway AWS on loopback: the strict STS that the demo and the tests share.

`world` says who exists, `sts.serve` puts it on 127.0.0.1, `config.build` writes
the AWS files that point there. Standard library only. There is one simulator:
what the demo runs against is what the tests run against.
"""
