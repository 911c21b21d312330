"""The Avails sheet of the trade: what others read of our rights, and what we read of theirs."""
